"""What other authorities may say: judged, held, judged again, and proof where two things were said."""
