"""The furniture of all screens: page objects, fields, shapes, times, words. Reads and decides nothing."""
