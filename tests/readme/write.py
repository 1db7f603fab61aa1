"""Writes the generated parts of the documents: `make docs`."""

from tests.readme.parts import ENV_EXAMPLE, PICTURE, documents, env_example


def write() -> None:
    found, picture = documents()
    for path, document in found.items():
        path.write_text(document, encoding="utf-8")
    PICTURE.write_bytes(picture)
    ENV_EXAMPLE.write_text(env_example(), encoding="utf-8")


if __name__ == "__main__":
    write()
