/** Environment variables by which the test run's shared servers reach its workers; absent when not installed. */

/** `redis://127.0.0.1:<port>`, without a logical database. */
export const SHARED_REDIS = 'UNDERSTUDY_TEST_REDIS_URL';

/** URL of the maintenance database of a PostgreSQL whose user may create databases. */
export const SHARED_POSTGRES = 'UNDERSTUDY_TEST_POSTGRES_URL';
