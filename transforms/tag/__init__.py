"""Put topics on articles from a taxonomy of weighted terms, and keep as evidence which terms did it, and where.

One pass of an automaton finds every term of the article's language; `automaton.py` checks word boundaries and exact
case, `context.py` drops what a longer phrase or the surroundings speak against, `score.py` weighs the rest. No model:
an analyst reads and edits the one YAML file (docs/topics.md).
"""
