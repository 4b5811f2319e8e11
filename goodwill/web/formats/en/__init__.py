"""English as the world outside America writes it."""
