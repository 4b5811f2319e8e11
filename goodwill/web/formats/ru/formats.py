"""A clock of 24 hours with two digits: Django's own Russian writes 4:07, and columns of times stand crooked."""

DATETIME_FORMAT = "j E Y г. H:i"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
TIME_FORMAT = "H:i"
