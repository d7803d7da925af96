from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("killed.py")
STRIDE = 4
"""Every line takes half a minute; the program can do that, too."""


def test_a_change_of_keys_may_be_killed_at_any_line(tmp_path: Path) -> None:
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, PROGRAM, tmp_path, str(STRIDE)],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=55,
    )

    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 20
