package command

// ListBatch is the number of rows that a list reads at once in tests. A small number
// is enough to test that all batches are read.
const ListBatch = 20

func init() { listBatch = ListBatch }
