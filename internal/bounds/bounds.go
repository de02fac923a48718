// Package bounds has the largest numbers of what one user may have, as the contract has
// them in x-bounds. A user who has more, from before a bound, keeps it and cannot add.
package bounds
