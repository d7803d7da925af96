"""The pure core: servers, actions, rights and errors. Imports only the standard library."""
