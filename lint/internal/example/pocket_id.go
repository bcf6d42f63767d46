package example

const PocketID = `  pocket-id:
    image: ghcr.io/pocket-id/pocket-id:v2.14.0
    environment:
      APP_URL: https://id.example.org
      ENCRYPTION_KEY_FILE: /run/secrets/pocket-id
    volumes: ["pocket-id:/app/data"]
`
