"""`python -m eventyard`."""

from eventyard.cli import main

main()
