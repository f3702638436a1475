/** Every screen: its name, how to reach it, and what stands on it when it is there. */
export function places({ userId, jobId }) {
  return [
    { name: "now", path: "/", says: "Now" },
    { name: "jobs", path: "/jobs", says: "Jobs" },
    { name: "job", path: `/jobs/${jobId}`, says: "History" },
    { name: "users", path: "/users", says: "Users" },
    { name: "user", path: `/users/${userId}`, says: "Demo mode" },
    { name: "sessions", path: "/sessions", says: "Sessions" },
    { name: "bulk", path: "/bulk", says: "Bulk" },
    { name: "workers", path: "/workers", says: "Workers" },
    { name: "audit", path: "/audit", says: "Audit" },
    { name: "settings", path: "/settings", says: "Settings" },
  ];
}
