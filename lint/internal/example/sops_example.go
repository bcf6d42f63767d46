package example

func SOPS(value string) string {
	return `-- secrets.sops.yaml --
mas:
  encryption: ENC[AES256_GCM,data:c29tZXRoaW5n,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]
  database: ` + value + `
sops:
  age:
    - recipient: age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
      enc: |
        -----BEGIN AGE ENCRYPTED FILE-----
        c29tZXRoaW5n
        -----END AGE ENCRYPTED FILE-----
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:c29tZXRoaW5n,iv:MTIzNDU2Nzg5MDEy,tag:YWJjZGVmZ2hpamts,type:str]
  version: 3.10.2
`
}
