"""The domain: rules and data without network, database or clock; pure Python on the standard library."""
