"""A text as a square that a camera reads (QR)."""

from __future__ import annotations

import base64
import io

import qrcode
import qrcode.image.svg


def square(text: str) -> str:
    """The text as a QR code: an SVG picture in a data address, as the policy lets pictures in."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_L, border=4)
    code.add_data(text)
    picture = io.BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathFillImage).save(picture)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
