"""`python -m ttscli` is `tts`."""

from ttscli.cli import main

main()
