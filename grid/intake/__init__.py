"""Intake desk (受理台): what people tell the street by telephone, in person, or through 12345."""
