package command

// ListBatch is how many rows one query of a list reads in tests, where no more are
// needed to see that all batches are read.
const ListBatch = 20

func init() { listBatch = ListBatch }
