/** The bell of the sheep that leads the flock. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#2e52d0" />
      <path
        d="M16 7a6 6 0 0 0-6 6v3.6c0 .9-.3 1.7-.9 2.4l-.9 1.2c-.6.8 0 1.8.9 1.8h13.8c.9 0 1.5-1 .9-1.8l-.9-1.2a3.9 3.9 0 0 1-.9-2.4V13a6 6 0 0 0-6-6z"
        fill="#fff"
      />
      <path d="M13.6 23.4h4.8a2.4 2.4 0 0 1-4.8 0z" fill="#fff" />
    </svg>
  );
}
