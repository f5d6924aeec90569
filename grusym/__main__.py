"""`python -m grusym` is `grusym`."""

import sys

from grusym.cli import main

sys.exit(main())
