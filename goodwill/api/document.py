"""The document: OpenAPI 3.1 of every operation, with every answer it can give."""

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from goodwill.api.problems import CONTENT_TYPE, Problem

_READS = {
    400: "The request cannot be read.",
    401: "No token, or one that is revoked, expired or unknown.",
    403: "The token lacks the scope, or its person's role the right; `code` says which.",
    404: "There is no such record or list, or it is not the person's to see.",
    422: "A value cannot be used; `field` names it and `detail` the remedy.",
    429: "The token was used too often in this minute; `Retry-After` says how many seconds to wait.",
    500: "A fault of the house: its log has it under the `X-Request-Id` of the answer.",
    503: "There is no firm yet, or the database is away; `Retry-After` says how many seconds to wait.",
}
_WRITES = {
    **_READS,
    400: "The request cannot be read, or carries no Idempotency-Key.",
    409: "The record changed or was settled meanwhile, or the Idempotency-Key was used for another write.",
    411: "The body comes in chunks, without its Content-Length.",
    413: "The body is too large.",
}
_WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


class DocumentedAPI(NinjaAPI):
    """An API whose document names every problem that an operation may answer with, and the scope it needs."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its function: one name for the document, the address and the code."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        """The document."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        for methods in document["paths"].values():
            for method, operation in methods.items():
                _complete(operation, is_write=method != "get")
        reference = "#/components/schemas/{model}"
        problem = Problem.model_json_schema(ref_template=reference)
        schemas = document["components"]["schemas"]
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        document["components"]["securitySchemes"] = {
            "token": {"type": "http", "scheme": "bearer", "description": "A token made under Preferences: gw_…"}
        }
        return document


def _complete(operation: dict[str, Any], *, is_write: bool) -> None:
    scope = operation["x-scope"]
    operation["security"] = [{"token": []}]
    said = operation.get("description", "")
    operation["description"] = f"{said}\n\nScope: `{scope}`".strip()
    responses = operation["responses"]
    for status, meaning in (_WRITES if is_write else _READS).items():
        responses[status] = {
            "description": meaning,
            "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            **({"headers": _WAIT} if status in (429, 503) else {}),
        }
