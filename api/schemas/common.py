"""Gone: import from api.schemas.named, person, area, photo. (Kept for an hour while others are editing.)"""

from api.schemas.area import AreaRefSchema, AreaSchema, area_ref
from api.schemas.named import NamedSchema
from api.schemas.person import PersonRefSchema
from api.schemas.photo import PromisedPhotoSchema

__all__ = ["AreaRefSchema", "AreaSchema", "NamedSchema", "PersonRefSchema", "PromisedPhotoSchema", "area_ref"]
