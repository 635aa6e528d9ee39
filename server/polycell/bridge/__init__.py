"""Running other language servers: transport, life cycle, documents, and one declarative spec a server."""
