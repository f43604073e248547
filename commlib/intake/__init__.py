"""Intake: messy files become tidy frames of text and a list of every fault."""
