/** Links that open a page of this program, for tickets and chats. They navigate and nothing else. */
export const userLink = (id: string): string => `repruv-ops://user/${id}`;
export const jobLink = (id: string): string => `repruv-ops://job/${id}`;
