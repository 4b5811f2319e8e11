"""Photos: strangers' bytes, read safely and made anew, so that only the picture is left of them."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
"""More than any telephone takes; a small file that claims more is a bomb."""
EDGE = 2048
"""The longest edge of what is kept."""
_READ = ("JPEG", "PNG", "WEBP")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif")
_QUALITY = 85


class PhotoProblem(StrEnum):
    """Why something is no photo that we keep."""

    NOT_A_PHOTO = "not_a_photo"
    HEIC = "heic"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class SafePhoto:
    """A photo made anew as JPEG: upright, at most EDGE pixels on either side, without place, camera or comment."""

    content: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()


def made_safe(content: bytes) -> SafePhoto | PhotoProblem:
    """Read a JPEG, PNG or WebP of at most 10 MB and 50 megapixels, and draw it anew.

    Only the first frame of a moving picture is kept; what is transparent becomes white. HEIC is told apart from what
    is no picture at all, because whoever sends it has a telephone that can do otherwise.
    """
    if len(content) > LARGEST_BYTES:
        return PhotoProblem.TOO_LARGE
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return PhotoProblem.HEIC
    try:
        with warnings.catch_warnings():
            # Pillow warns of a bomb from 90 megapixels on; we ask before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_READ)
        with picture:
            if picture.width * picture.height > LARGEST_PIXELS:
                return PhotoProblem.TOO_LARGE
            return _anew(picture)
    except Image.DecompressionBombError:
        return PhotoProblem.TOO_LARGE
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        # Pillow says in each of these ways that the bytes are damaged or no picture.
        return PhotoProblem.NOT_A_PHOTO


def _anew(picture: Image.Image) -> SafePhoto:
    picture.draft("RGB", (EDGE, EDGE))
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        flat = Image.new("RGB", clear.size, "white")
        flat.paste(clear, mask=clear.getchannel("A"))
    else:
        flat = upright.convert("RGB")
    flat.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS)
    # A new picture knows nothing of the old one's place, camera, comments or colour profile.
    bare = Image.new("RGB", flat.size)
    bare.paste(flat)
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return SafePhoto(out.getvalue(), bare.width, bare.height)
