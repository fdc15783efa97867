"""Lets ``python -m jupyter_progress.cli`` do what ``jupyter progress`` does."""

import sys

from .main import main

sys.exit(main())
