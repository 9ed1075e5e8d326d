"""What everything stands on: constants, units, errors, parameters with sources, scaling, compilation."""
