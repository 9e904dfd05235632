/** The bell of the sheep that leads the flock. */
export function Logo({ size }: { size: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#2e52d0" />
      <path
        d="M16 7a6 6 0 0 0-6 6v3.6c0 .9-.3 1.7-.9 2.400l-.9 1.200c-.6.8 0 1.800.9 1.800h13.800c.9 0 1.500-1 .9-1.800l-.9-1.200a3.900 3.900 0 0 1-.9-2.400V13a6 6 0 0 0-6-6z"
        fill="#fff"
      />
      <path d="M13.600 23.400h4.800a2.400 2.400 0 0 1-4.800 0z" fill="#fff" />
    </svg>
  );
}
