"""``python -m workbench.cli`` is the command ``workbench``."""

from workbench.cli import main

main()
