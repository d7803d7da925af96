"""Owns the stand-ins of panels: each speaks one vendor's dialect over one shared fake world."""
