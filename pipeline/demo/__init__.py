"""The bundled demo site: a few invented outlets on loopback, so that the whole pipeline runs without the internet."""
