"""How far a model's own yes is believed, as fitted.

Written by ``python -m assistant.evaluation.modelling``, not by hand; evals/README.md has its figures.
"""

MODEL = {
    "odds": 1.0,
    "evidence": 0.4,
    "support": 1.5,
}
MODEL_BIAS = -2.0
