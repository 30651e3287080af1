"""From a statement to a verdict: hypotheses, specification curves, placebos, power, referee."""
