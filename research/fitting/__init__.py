"""Fits the numbers of `assistant.models.calibration`: a program for each of its files."""
