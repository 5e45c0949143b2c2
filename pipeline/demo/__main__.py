"""`python -m pipeline.demo`: serve the demo site until told to stop."""

from pipeline.demo.serve import main

raise SystemExit(main())
