"""What the whole operation adds up to, whoever asks and however it was played."""

from __future__ import annotations

FIXED = {
    "potential_victims": 347,
    "arrests": 22,
    "sites": 60,
    "hits": 30,
    "hits_travel_documents": 25,
    "police_and_interpol_authorities": 16,
    "officers": 512,
    "countries": 13,
}
