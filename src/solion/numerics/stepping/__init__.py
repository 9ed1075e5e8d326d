"""The time stepper: adaptive, linearly implicit, with located events."""
