"""How far a model's own yes is believed, as fitted.

Written by ``python -m assistant.evaluation.modelling``, not by hand; evals/README.md has its figures.
"""

MODEL = {
    "odds": 1.267,
    "support": 0.093,
}
MODEL_BIAS = 0.076
