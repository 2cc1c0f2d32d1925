"""The furniture of all screens: page objects, form fields, shapes, times and words. Reads and decides nothing."""
