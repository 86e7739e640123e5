"""A stated guarantee: how many of the answers may be wrong at most, by calibration questions."""
