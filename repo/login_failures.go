package repo

import (
	"context"
	"errors"
	"time"
)

// CountFailure counts a failed log-in in the bucket and returns how many there
// have been in a row; failures before forget do not count. If the bucket is
// locked, CountFailure counts nothing and returns 0 and the end of the lock. It
// is one statement, so concurrent guesses are all counted.
func (t credentialWrites) CountFailure(ctx context.Context, bucket string, forget time.Time) (failures int, lockedUntil time.Time, err error) {
	err = t.get(ctx, &failures, `
INSERT INTO login_failures (bucket, failures, last_at) VALUES ($1, 1, $2)
ON CONFLICT (bucket) DO UPDATE SET
       failures = CASE WHEN login_failures.last_at < $3 THEN 1 ELSE login_failures.failures + 1 END,
       last_at = $2, locked_until = NULL
WHERE login_failures.locked_until IS NULL OR login_failures.locked_until <= $2
RETURNING failures`, bucket, t.now, forget)
	if !errors.Is(err, ErrNotFound) {
		return failures, time.Time{}, err
	}
	err = t.get(ctx, &lockedUntil, `SELECT locked_until FROM login_failures WHERE bucket = $1`, bucket)
	return 0, lockedUntil, err
}

// InheritFailures raises the count and the lock of the bucket to those of another,
// which stays as it is: a server that does not know the bucket's name yet may go on
// using it. Failures before forget do not count.
func (t credentialWrites) InheritFailures(ctx context.Context, bucket, other string, forget time.Time) error {
	_, err := t.exec(ctx, `
INSERT INTO login_failures (bucket, failures, last_at, locked_until)
SELECT $1, failures, last_at, locked_until FROM login_failures WHERE bucket = $2 AND last_at >= $3
ON CONFLICT (bucket) DO UPDATE SET
       failures = CASE WHEN login_failures.last_at < $3 OR login_failures.failures < excluded.failures
                       THEN excluded.failures ELSE login_failures.failures END,
       last_at = CASE WHEN login_failures.last_at < excluded.last_at THEN excluded.last_at ELSE login_failures.last_at END,
       locked_until = CASE WHEN login_failures.locked_until IS NULL OR login_failures.locked_until < excluded.locked_until
                           THEN excluded.locked_until ELSE login_failures.locked_until END`, bucket, other, forget)
	return err
}

// LockBucket locks the bucket until the given time.
func (t credentialWrites) LockBucket(ctx context.Context, bucket string, until time.Time) error {
	_, err := t.exec(ctx, `UPDATE login_failures SET locked_until = $2 WHERE bucket = $1`, bucket, until)
	return err
}

// ForgetFailures empties the buckets, because a log-in has succeeded.
func (t credentialWrites) ForgetFailures(ctx context.Context, buckets ...string) error {
	for _, bucket := range buckets {
		if _, err := t.exec(ctx, `DELETE FROM login_failures WHERE bucket = $1`, bucket); err != nil {
			return err
		}
	}
	return nil
}

// ForgetAddress empties all buckets of the address with the pseudonyms: its own
// and those of devices.
func (t credentialWrites) ForgetAddress(ctx context.Context, pseudonyms ...string) error {
	for _, pseudonym := range pseudonyms {
		if _, err := t.exec(ctx, `DELETE FROM login_failures WHERE substr(bucket, 1, 32) = $1`, pseudonym); err != nil {
			return err
		}
	}
	return nil
}

// maxFailures is the largest number of buckets with one failure, and of buckets with
// more.
const maxFailures = 10_000

// TrimFailures deletes the buckets beyond maxFailures that have been without a failure
// for the longest time. A flood of addresses with one failure each does not push out
// those that are guessed at: that takes maxFailures addresses with two failures each, all
// after the latest guess.
func (t credentialWrites) TrimFailures(ctx context.Context) error {
	for _, part := range []string{"failures <= 1", "failures > 1"} {
		_, err := t.exec(ctx, `
DELETE FROM login_failures WHERE bucket IN (
       SELECT bucket FROM login_failures WHERE `+part+` ORDER BY last_at DESC, bucket DESC LIMIT $1 OFFSET $2)`, crowdBatch, maxFailures)
		if err != nil {
			return err
		}
	}
	return nil
}

// WithdrawFailure takes back one counted failure whose outcome was never known,
// and the lock with it. While a bucket is locked nothing is counted, so the
// lock would not exist without this failure.
func (t credentialWrites) WithdrawFailure(ctx context.Context, bucket string) error {
	_, err := t.exec(ctx, `
UPDATE login_failures SET failures = failures - 1, locked_until = NULL WHERE bucket = $1 AND failures > 0`, bucket)
	return err
}

// DropEmptyBucket deletes the bucket if all of its failures were taken back.
func (t credentialWrites) DropEmptyBucket(ctx context.Context, bucket string) error {
	_, err := t.exec(ctx, `DELETE FROM login_failures WHERE bucket = $1 AND failures <= 0`, bucket)
	return err
}
