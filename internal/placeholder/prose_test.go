package placeholder

import "testing"

// TestIsProse holds what people write in the place of a secret against secrets that look alike.
func TestIsProse(t *testing.T) {
	for text, want := range map[string]bool{
		"votre_mot_de_passe": true, "dein_geheimes_passwort_hier": true, "(livekit_api_secret)": true, "livekit-secret": true, "mot de passe": true,
		"tu_contraseña": true, "ваш_секретный_пароль": true, "mysecretpassword2": false, "hunter2": false, "": false, "correct": false, "synapse-db": false, "correct-horse-battery-staple": false, "mettre-ici-le-code": true,
		"passwordSetInHomeserverYamlFile": true, "SomePasswordForCLI": true, "examplepassword": true, "Sample-Secret2": true, "examplepasswordQ7wz": false, "synapsepass": false, "CorrectHorseBatteryStaple": false, "kQpasswordZx9": false, "PasswordHunter": false,
		"8f1c0de4-b7a9-4e6f-9a1b-2c3d4e5f6071": false, "Kq3_vX9_pLm_2Rt": false, "abc-123": false, "abc_def_456789": false, "aGVsbG8_d29ybGQ_Zm9v": false,
	} {
		if got := IsProse(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
