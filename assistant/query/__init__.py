"""From what the user typed to what is searched for.

``understanding`` turns the text into a question that stands alone (normalise, respell, resolve against the history);
its steps are in ``spelling``, ``aliases``, ``followups``, ``ellipsis`` and ``coreference``. ``question`` parses the
result into a `Question`; ``decomposition`` splits one that asks for several things.
"""
