# matrixgen for Nix: `nix build` in a clone, `nix run . -- lint DIR`. Nixpkgs is the one input; nothing of matrixgen is fetched.
{
  description = "Configuration of a Matrix server with MAS, from one short file";

  inputs.nixpkgs.url = "nixpkgs";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = nixpkgs.lib.genAttrs systems;
    in
    {
      packages = each (system:
        let pkgs = nixpkgs.legacyPackages.${system}; in
        {
          default = pkgs.buildGoModule {
            pname = "matrixgen";
            version = self.shortRev or "devel";
            src = self;
            subPackages = [ "cmd/matrixgen" ];
            # What `go mod vendor` gives; .ci/vendor-hash prints it anew.
            vendorHash = "sha256-Cfme/1q/xCo+U4Cy4LXEdN6bm3sQnKXX3Myk3pv3/aQ=";
            env.CGO_ENABLED = "0";
            ldflags = [ "-s" "-w" ];
            nativeBuildInputs = [ pkgs.installShellFiles ];
            # The tests drive git, and take minutes.
            doCheck = false;
            postInstall = ''
              $out/bin/matrixgen man man
              installManPage man/*.1
              for shell in bash fish zsh; do
                $out/bin/matrixgen completion $shell > matrixgen.$shell
              done
              installShellCompletion matrixgen.{bash,fish,zsh}
            '';
            meta = {
              description = "Configuration of a Matrix server with MAS, from one short file";
              license = pkgs.lib.licenses.asl20;
              mainProgram = "matrixgen";
            };
          };
        });
    };
}
