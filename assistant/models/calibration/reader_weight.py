"""How much the reader's word weighs beside the evidence, in ranking and in refusing, as fitted.

Written by ``python -m research.fitting.reader_weight``, not by hand; evals/README.md has its figures.
"""

WEIGHT = 0.20  # of the reader in a sentence's score
SCALE = 2.0  # of its log-odds there
BELIEF = {
    "similarity": 3.794,
    "context": -0.660,
    "missing": -0.462,
    "names": 0.254,
    "numbers": -0.108,
    "negation": -2.860,
    "gap": 1.593,
    "reading": 0.150,
}
BELIEF_BIAS = -2.509
