"""Deckhand: a community's game servers and VPSes, within reach from Discord."""
