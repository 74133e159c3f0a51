//! What all JSON logs share: finding records in their containers, and reading fields of a record by path.
