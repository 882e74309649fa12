"""eventyard: define event-driven systems in CDK, prove them on your own machine, ship the same code."""
