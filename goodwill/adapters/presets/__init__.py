"""Presets: what the columns of a known export mean. Each turns the fields of a row into a domain parcel."""
