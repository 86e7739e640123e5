"""How sure the reader must be of a statement that its words leave open, as fitted.

Written by ``python -m research.fitting.reader_check``, not by hand; evals/README.md has its figures.
"""

MEANT = 7.5  # log-odds of a statement and its weak clauses, from which it is said in other words
STRANGE = -3.5  # log-odds of a statement, below which the sentences are on something else
