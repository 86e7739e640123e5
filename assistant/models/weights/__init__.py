"""The bundled models; see PROVENANCE.md."""
