"""The languages that texts are tried in. Holds no texts."""

from __future__ import annotations

from bot.ui.i18n import locales, words

ENGLISH = words("en-US")
CHINESE = words("zh-CN")
EVERY = {"en": ENGLISH, **{locale: words(locale) for locale in locales()}}
