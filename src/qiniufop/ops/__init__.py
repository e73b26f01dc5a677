"""Every operation the service documents, one module for each part of the reference."""
