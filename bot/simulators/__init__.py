"""Stand-ins for the outside world, for tests and the demo. They import nothing else of `bot`."""
